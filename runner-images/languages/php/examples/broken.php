<?php $x = ;
