puts 'Hello World!'
