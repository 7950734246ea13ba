section .data
    msg db "hello two", 10

section .text
    global greet
greet:
    mov eax, 1
    mov edi, 1
    mov rsi, msg
    mov edx, 10
    syscall
    ret
