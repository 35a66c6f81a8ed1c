print('{"result": 99}')
