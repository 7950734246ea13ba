(import (chicken io))
(print (read-line))
