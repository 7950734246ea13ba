<?php
echo bcpow('10', '20'), "\n";
echo (new NumberFormatter('en_US', NumberFormatter::DECIMAL))->format(1234.5), "\n";
$db = new PDO('sqlite::memory:');
echo $db->query('SELECT 1 + 1')->fetchColumn(), "\n";
echo gmp_strval(gmp_gcd(12, 18)) === '6' ? 'ok' : 'wrong', "\n";
echo simplexml_load_string('<a><b/></a>')->asXML() === "<?xml version=\"1.0\"?>\n<a><b/></a>\n" ? '<a><b/></a>' : 'wrong', "\n";
