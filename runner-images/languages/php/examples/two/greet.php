<?php function hello($who) { return "hello $who"; }
