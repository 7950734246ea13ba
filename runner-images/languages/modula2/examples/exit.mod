MODULE leave;
FROM libc IMPORT exit;
BEGIN
  exit(3)
END leave.
