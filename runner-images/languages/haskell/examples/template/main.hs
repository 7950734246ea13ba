{-# LANGUAGE TemplateHaskell #-}
module Main (main) where

import Factorial

main :: IO ()
main = print $(factorial 5)
