parse arg first second
say second first
