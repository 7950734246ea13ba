main :: IO ()
main = putStrLn "before" >> count 0

count :: Int -> IO ()
count n
    | n < 0 = return ()
    | otherwise = count (if n == maxBound then 0 else n + 1)
