with lines as (
    select
        conversion_id,
        promotion_ids
    from {{ ref('int_conversions__converted') }}
    where promotion_ids is not null
)

{{ comma_parts('lines', 'conversion_id', 'promotion_ids') }}
