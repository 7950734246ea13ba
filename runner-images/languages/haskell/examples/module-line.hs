module Solution where

main :: IO ()
main = putStrLn ("x" ++ 1 ++ nobody)
