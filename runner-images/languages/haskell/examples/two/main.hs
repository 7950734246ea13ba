module Main (main) where

import Greetings

main :: IO ()
main = greet "two"
