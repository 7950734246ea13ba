%macro print 1
section .data
    %%msg db %1, 10
    %%len equ $ - %%msg
section .text
    mov eax, 1
    mov edi, 1
    mov rsi, %%msg
    mov edx, %%len
    syscall
%endmacro

%macro quit 1
    mov eax, 60
    mov edi, %1
    syscall
%endmacro
