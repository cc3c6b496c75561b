select
    line_key,
    {{ row_fingerprint(['touchpoint_id', 'channel', 'content_id', 'creator_id', 'evidence']) }} as linked_fingerprint
from {{ ref('int_credit__order_linked_lines') }}
