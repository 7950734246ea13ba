. ./greeting.ksh

hello two
