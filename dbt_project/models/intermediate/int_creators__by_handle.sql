-- A handle that two creators of the list share tells nothing.
select
    lower(handle) as handle,
    max(creator_id) as creator_id
from {{ ref('stg_reference__creators') }}
where handle is not null
group by lower(handle)
having count(*) = 1
