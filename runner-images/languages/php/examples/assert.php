<?php

echo "before\n";
assert(1 === 2);
echo "after\n";
