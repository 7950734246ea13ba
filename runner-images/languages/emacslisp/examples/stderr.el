(message "oops")
