(import sys)
(print (cut sys.argv 1 None))
