CREATE TABLE lines (line);
.import /dev/stdin lines
SELECT line FROM lines;
