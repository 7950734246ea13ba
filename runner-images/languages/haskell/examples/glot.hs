main = putStrLn "Hello World!"
