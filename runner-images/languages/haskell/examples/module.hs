{-# LANGUAGE ScopedTypeVariables #-}
module Solution.Main (solve, main) where

import qualified Data.Map as Map

solve :: String -> [(Char, Int)]
solve = Map.toList . Map.fromListWith (+) . map (\letter -> (letter, 1))

main :: IO ()
main = print (solve "abca")
