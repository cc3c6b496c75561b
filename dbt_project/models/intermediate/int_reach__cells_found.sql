select
    line_key,
    {{ sum_of_fingerprints(row_fingerprint([
        'recipient_key', 'touchpoint_id', 'channel', 'campaign_id', 'ad_group_id', 'ad_id', 'content_id', 'creator_id',
        'evidence', 'credit_resolution', 'credit_before', 'credit_upto',
    ])) }} as cell_fingerprint
from {{ ref('int_credit__cell_lines') }}
group by line_key
