       IDENTIFICATION DIVISION.
       PROGRAM-ID. complain.

       PROCEDURE DIVISION.
           DISPLAY 'oops' UPON SYSERR
           GOBACK.
