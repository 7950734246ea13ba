CREATE TABLE scores (name TEXT, score INTEGER);
INSERT INTO scores VALUES ('ada', 3), ('bob', 4), ('ada', 5);
SELECT name, sum(score) FROM scores GROUP BY name;
