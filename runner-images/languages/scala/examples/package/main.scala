package app

import app.text.greeting

object Program:
  def main(args: Array[String]): Unit =
    println(greeting(args.mkString(", ")))
