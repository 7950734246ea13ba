printf before
exec 0<&- 1>&- 2>&-
sleep 0.3
exit 5
