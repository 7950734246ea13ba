#n
$p
