module Greetings (greet) where

greet :: String -> IO ()
greet name = putStrLn ("hello " ++ name)
