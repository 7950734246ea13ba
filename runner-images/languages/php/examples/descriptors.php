<?php
$text = file_get_contents('/dev/stdin');
echo array_sum(explode(' ', trim($text))), "\n";
file_put_contents('/proc/self/fd/1', $text);
fwrite(fopen('/dev/stdout', 'w'), "out\n");
