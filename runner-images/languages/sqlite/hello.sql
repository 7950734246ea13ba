SELECT 'Hello World!';
