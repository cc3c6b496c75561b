{{ credit_of_model('first_touch') }}
union all
{{ credit_of_model('last_touch') }}
union all
{{ credit_of_model('last_engaged_touch') }}
union all
{{ credit_of_model('linear') }}
union all
{{ credit_of_model('position_based') }}
union all
{{ credit_of_model('time_decay') }}
union all
{{ credit_of_model('amazon_14d_last_click') }}
union all
{{ credit_of_model('tiktok_7c1v') }}
