MODULE broken;
BEGIN
  nobody := 1
END broken.
