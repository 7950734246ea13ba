       IDENTIFICATION DIVISION.
       PROGRAM-ID. zero.
       DATA DIVISION.
       WORKING-STORAGE SECTION.
       01 N PIC 9(4) VALUE 0.
       01 M PIC 9(4) VALUE 7.
       PROCEDURE DIVISION.
           DIVIDE 5 BY N GIVING M
             ON SIZE ERROR DISPLAY 'size error'
           END-DIVIDE
           DISPLAY M
           GOBACK.
