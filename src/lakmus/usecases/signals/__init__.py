"""Who is cooling and since when: lists, groups, flows, cohorts and the site."""
