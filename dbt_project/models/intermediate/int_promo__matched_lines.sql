with matches as (
    select
        lines.conversion_id,
        codes.code,
        codes.creator_id,
        codes.content_id,
        codes.channel,
        -- The first named code wins; of overlapping periods of one code, the one that began last.
        row_number() over (
            partition by lines.conversion_id
            order by named.part_order, codes.valid_from desc, codes.code
        ) as place
    from {{ ref('int_promo__named_codes') }} as named
    join {{ ref('int_conversions__converted') }} as lines
        on lines.conversion_id = named.conversion_id
    join {{ ref('stg_reference__promo_codes') }} as codes
        on codes.code_key = upper(named.part)
        and codes.market = lines.market
        and codes.valid_from <= lines.converted_at
        and (codes.valid_to is null or lines.converted_at < codes.valid_to)
)

select
    conversion_id,
    code,
    creator_id,
    content_id,
    channel
from matches
where place = 1
