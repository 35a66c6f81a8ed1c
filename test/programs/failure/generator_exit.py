raise GeneratorExit("odd but possible")
