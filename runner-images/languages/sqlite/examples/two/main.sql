.read greeting.sql
SELECT 'hello ' || name FROM names;
