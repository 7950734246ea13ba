CREATE TABLE names (name);
INSERT INTO names VALUES ('two');
