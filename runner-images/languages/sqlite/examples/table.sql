.mode column
.headers on
SELECT 'ada' AS name, 3.14 AS π;
