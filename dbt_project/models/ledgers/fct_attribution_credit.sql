{{ credit_of_model('first_touch') }}
union all
{{ credit_of_model('last_touch') }}
union all
{{ credit_of_model('linear') }}
union all
{{ credit_of_model('position_based') }}
union all
{{ credit_of_model('time_decay') }}
