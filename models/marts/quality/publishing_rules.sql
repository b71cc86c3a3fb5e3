{# The variables that publishing goes by, as this build was given them: they travel
   with what was built. #}
select
    cast({{ var('publish_fewest_rows') }} as bigint) as fewest_rows,
    cast({{ var('publish_most_lost_share') }} as double) as most_lost_share,
    cast({{ var('publish_most_gained_share') }} as double) as most_gained_share,
    cast({{ var('publish_most_quarantined_share') }} as double) as most_quarantined_share,
    cast({{ var('rep_level_reporting') }} as boolean) as rep_level_reporting
