console.log(scriptArgs.slice(1).join('|'))
