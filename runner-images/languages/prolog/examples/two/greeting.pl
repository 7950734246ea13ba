:- module(greeting, [hello/2]).

hello(Name, Text) :- atom_concat('hello ', Name, Text).
