<?php echo fgets(STDIN);
