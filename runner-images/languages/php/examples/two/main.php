<?php require "greet.php"; echo hello("two"), "\n";
