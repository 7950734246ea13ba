main :: IO ()
main = putStrLn nobody
