       IDENTIFICATION DIVISION.
       PROGRAM-ID. greet.

       PROCEDURE DIVISION.
           DISPLAY 'hello two'
           GOBACK.
