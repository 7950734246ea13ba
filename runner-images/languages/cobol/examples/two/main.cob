       IDENTIFICATION DIVISION.
       PROGRAM-ID. two.

       PROCEDURE DIVISION.
           CALL 'greet'
           GOBACK.
