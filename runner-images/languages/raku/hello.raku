say 'Hello World!';
