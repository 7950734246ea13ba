{ sum[$1] += $2 }

END {
  PROCINFO["sorted_in"] = "@ind_str_asc"
  for (name in sum) print name, sum[name]
}
